"""The result in the forms people and programs want: JSON, terminal, HTML, Word, Excel, letters."""
