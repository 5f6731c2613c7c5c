"""Why an order to the desks is refused; each text tells the user what to do."""


class DeskRefused(Exception):
    """An order is refused."""
