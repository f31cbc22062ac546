"""The invented companies, people, devices and orders of the demonstration; only its two commands use them."""
