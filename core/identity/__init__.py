"""Sign-in: bearer tokens in, verified claims out (PRM-4). It knows no web and no employees."""
