"""The scripts that rebuild the shipped artefacts from public data."""
