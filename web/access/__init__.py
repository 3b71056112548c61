"""Who may do what: what stands between a request and the routes.

request ─▶ Gate ─▶ name asked for ─▶ rate ─▶ who is it ─▶ from which site ─▶ may it ─▶ routes
            │
            └ every answer gets the headers of `headers`
"""
