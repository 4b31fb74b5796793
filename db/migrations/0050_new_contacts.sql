-- The newest contacts among the documents of the search, which a word that many of them hold is looked for in first.
CREATE INDEX search_documents_of_contacts ON search_documents (workspace_id, document_id) WHERE kind = 'contact';
