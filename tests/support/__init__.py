"""What several tests share; each helper lives in a module of its own."""
