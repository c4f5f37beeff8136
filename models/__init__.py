"""What is true: tables, pure rules, queries and migrations. Knows nothing of web or push."""
