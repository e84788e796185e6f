"""Answers as HTML, drawn by the server."""
