"""Security operation (安全运营): unusual access is found in the audit log by declared rules and becomes an incident on a loop."""
