"""Estimators: lists and dataclasses in and out, no database; heavy libraries load when first used."""
