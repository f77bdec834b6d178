"""What a change of the policies would do, found on real data before it counts (BEY-5). Nothing is written."""
