"""What flows through Wirewatch: records, identity, codec, JSON Schemas. Pure: no I/O, no clock."""
