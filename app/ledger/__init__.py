"""The proof: canonical bytes, chains, bundles and logs. Pure."""
