"""The channels answers to citizens go by: e-mail, SMS, WeChat; and the other sides to try them with."""
