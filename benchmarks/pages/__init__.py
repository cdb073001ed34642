"""How long each page takes at the server when very many contacts are stored."""
