"""Reading: raw mail, HTML and transcripts into a contact, and the customer's own new words."""
