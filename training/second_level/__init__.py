"""How well topics of the second level are found: texts labelled by reading, and the measure."""
