"""How close to the model does the team work?"""
