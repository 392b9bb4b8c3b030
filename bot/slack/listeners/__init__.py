"""Bolt listeners: translate, call one verb, acknowledge."""
