"""What people meet: pages, JSON for the pages' scripts, and the doors of the sockets."""
