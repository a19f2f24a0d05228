"""The public test kit (公开测试集): its cases are read from a folder, run and compared."""
