"""What a command line, a web page and a script all call; it prints nothing and knows neither terminals nor HTTP."""
