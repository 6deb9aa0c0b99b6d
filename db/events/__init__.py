"""What is told of those who were seen: events, whom they concern, and those that wait to be sent."""
