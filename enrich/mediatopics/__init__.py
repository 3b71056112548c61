"""What tells topics apart beside the model: words, and headlines for topics of the second level."""
