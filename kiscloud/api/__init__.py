"""The doors of desktop and mobile clients and of private servers, below `/api/v1/client/`."""
