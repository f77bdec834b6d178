"""Why can't I see this? Decisions of the policies explained to people (BEY-4)."""
