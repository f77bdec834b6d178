"""Import of purchases from files of any size: read in a stream, all of it or nothing (CUS-11, PRM-12)."""
