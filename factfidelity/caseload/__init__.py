"""How many clients for each post, and who is on the board?"""
