"""Every format of the document, made from one tree: Word, Excel, PDF, web page, JSON, CSV."""
