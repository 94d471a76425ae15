"""Letters: written in the transaction of the command that has something to say, sent after its commit."""
