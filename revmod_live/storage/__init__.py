"""The database, the event log and the migrations. Knows nothing of reviews or sections."""
