"""Owns every change of the ground; who may make one is asked of the policy of organizations."""
