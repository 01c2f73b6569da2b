"""What do clients get, where, and from whom?"""
