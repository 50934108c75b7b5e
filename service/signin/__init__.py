"""Who may come in: people through OpenID Connect or SMART App Launch, programs by tokens."""
