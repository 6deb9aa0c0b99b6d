"""How each camera is, judged by what is seen of it, and told to Prometheus and to whoever asks whether all is well."""
