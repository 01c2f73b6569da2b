"""What happens to hospital care and coercion?"""
