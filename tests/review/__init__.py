"""What a hostile reading of the live server found, each as a story that once went wrong."""
