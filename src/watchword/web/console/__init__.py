"""The door for people: pages that a browser shows, behind the sign-in."""
