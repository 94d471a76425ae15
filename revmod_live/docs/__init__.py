"""What a section of text is: its model, schema, canonical form, comparison, words and HTML."""
