"""What docker-compose.yml needs beside the image: a file with passwords, and Elasticsearch's accounts."""
