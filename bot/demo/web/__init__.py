"""The demo in a browser: a messenger's page, live, and a panel for the curious."""
