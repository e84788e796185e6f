"""From a fit to a version that may serve: gates, the certificate, the registry."""
