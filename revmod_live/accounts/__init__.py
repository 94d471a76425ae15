"""Who people are: accounts, passwords, sessions and personal access tokens."""
