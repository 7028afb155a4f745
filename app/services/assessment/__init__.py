"""How 年度考核 works on its tables: scores from the ledger, appeals, ranking, bulletin."""
