"""What did we get, and can we trust it?"""
