"""Rule checks: properties over drawings before they are published and over histories afterwards, as data."""
