"""A believable demonstration of our own making: fictional brigades, people and requests in the Ain.

Telephone numbers come from the ranges that Arcep reserves for fiction (04 65 71, 06 39 98), so nobody is ever called.
"""
