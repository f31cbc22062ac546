"""Writes of equipment: the register of tools, and the desk that lends them."""

from products.equipment.services.loans import cancel_loan, extend_loan, hand_out_tool, reserve_tool, return_tool
from products.equipment.services.reminding import remind_loans
from products.equipment.services.tools import note_calibration, register_tool, retire_tool

__all__ = [
    "cancel_loan",
    "extend_loan",
    "hand_out_tool",
    "note_calibration",
    "register_tool",
    "remind_loans",
    "reserve_tool",
    "retire_tool",
    "return_tool",
]
