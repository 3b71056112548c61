"""Real Kafka and Elasticsearch on loopback without Docker: for tests, benches and trying things out.

Both servers come from Maven Central and run on a plain JDK. Nothing of this ships with Wirewatch.
"""
