"""Where posts come from: archive files, feeds, Slashpage sites, single pages."""
