"""The Bot API over HTTP: requests in, answers out, and the troubles that tests order."""
