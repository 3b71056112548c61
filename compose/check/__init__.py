"""`make check-compose`: runs docker-compose.yml for real where no image can be pulled. Needs root on Debian.

The images of Kafka, Elasticsearch and Kibana are stood in for by ones of the same names: Kafka's and
Elasticsearch's are made from the same servers that tests run against, Kafka's with the program that turns
environment variables into its configuration in the true image; Kibana's is a dummy. Wirewatch's is the true
one.
"""
