"""Who is it: enrolment, the decision, and the threshold it rests on."""
