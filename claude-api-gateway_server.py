"""Runs scripts/mcp, for clients that start their MCP servers with Python; needs nothing but Python itself."""
import os

program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts", "mcp")
os.execv("/bin/sh", ["/bin/sh", program])
